"""Every action, block and callback id. A button's value and a modal's private_metadata are the trade's id."""

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

DECISION_BLOCK: Final = "decision"
EXIT_BLOCK: Final = "exit"
SHARES_BLOCK: Final = "shares"
SHARES_INPUT: Final = "shares_input"
REASON_BLOCK: Final = "reason"
REASON_INPUT: Final = "reason_input"
