"""Alpaca: broker, prices, news and calendar, over its REST APIs and its stream of trade updates.

A request ends in one of four ways, see `error_mapping.py`; each adapter says what that means for its port. All adapters
share one `Access`, and with it one budget of requests.
"""
