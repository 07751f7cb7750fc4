"""Claude reads the news, and is trusted with nothing but a few small numbers.

`prompt` puts headlines, which anyone may have written, into a request as plain data; `api` sends it once and says what
became of it; `answer` holds the reply to its format; `budget` keeps the day's dollars; `pause` spares a Claude that
fails; `scorer` is the port.
"""
