"""What the replay plays: recorded daily prices, and headlines that were written for the demo."""
