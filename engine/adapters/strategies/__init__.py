"""Strategies that are somebody's Python code, each run in a process of its own.

`lookahead` checks one before it may trade, `processes` lets it score bars and is the port, and `watched_strategy` sees
to it in both that its code asks for nothing outside and looks at no clock.
"""
