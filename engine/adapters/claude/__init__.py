"""Claude reads the news and answers questions, and is trusted with nothing but what can be checked.

`task` is what it is told to do, never with a tool; `api` sends a request once and says what became of it;
`spending_limit` keeps the day's dollars; `pause` spares a Claude that fails. For the news, `prompt` puts headlines,
which anyone may have written, into a request as plain data, `answer` holds the reply to its format, and `scorer` is the
port. For questions, `fact_text` does the same with rows of the database, `grounding` drops each sentence that does not
stand on its rows, and `answerer` is the port.
"""
