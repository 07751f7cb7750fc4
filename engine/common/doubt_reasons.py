"""The reasons for which the desk takes exits only of its own accord, by the names under which they are kept."""

DOUBTS = "doubts"
"""The setting that has the reasons that hold now, each as it was told, by its name."""
PRICES, CLOCK, SPIN_OFF = "prices_stale", "clock_differs", "spin_off"
STRATEGY, TRADE_FAULT = "strategy_unusable", "trade_fault"
MILD = frozenset({PRICES, CLOCK, SPIN_OFF})
"""Reasons against which a person's word holds: who resumes trading has read them."""
