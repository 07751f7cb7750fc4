"""A broker with an account of its own and without a market: it fills orders at the prices that the desk's market shows.

`account_store` keeps the money, the positions and the orders; `matching_engine` fills, triggers and expires orders;
`broker` is the port, and behaves as Alpaca does.
"""
