"""A broker with books of its own and without a market: it fills orders at the prices that the desk's market shows.

`books` keeps the money, the positions and the orders; `floor` is the trading floor, which fills, triggers and expires
orders; `broker` is the port, and behaves as Alpaca does.
"""
