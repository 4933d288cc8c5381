"""What the ledger costs: writing states, judging a province, counting a country."""
