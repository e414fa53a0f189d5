"""How a hold is found, and what a held person is shown with instead."""
