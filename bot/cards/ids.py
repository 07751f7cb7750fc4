"""Every action, block and callback id. A button's value and a modal's private_metadata are the trade's id, sealed."""

from typing import Final

APPROVE: Final = "approve"
RESIZE: Final = "resize"
REJECT: Final = "reject"
INSPECT: Final = "inspect"
CLOSE_TRADE: Final = "close_trade"
KEEP_TRADE: Final = "keep_trade"

RESIZE_MODAL: Final = "resize_modal"
REJECT_MODAL: Final = "reject_modal"
INSPECT_MODAL: Final = "inspect_modal"
HALT_MODAL: Final = "halt_modal"
FLATTEN_MODAL: Final = "flatten_modal"

HALT_SHORTCUT: Final = "halt_trading"

DECISION_BLOCK: Final = "decision"
EXIT_BLOCK: Final = "exit"
SHARES_BLOCK: Final = "shares"
SHARES_INPUT: Final = "shares_input"
REASON_BLOCK: Final = "reason"
REASON_INPUT: Final = "reason_input"

HALTS: Final = frozenset({HALT_MODAL, FLATTEN_MODAL})
OF_A_PROPOSAL: Final = frozenset({APPROVE, RESIZE, REJECT, RESIZE_MODAL, REJECT_MODAL})
"""What is good for as long as a proposal waits."""

OF_AN_EXIT: Final = frozenset({CLOSE_TRADE, KEEP_TRADE})
"""What answers the question whether to sell."""
