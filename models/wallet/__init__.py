"""Prepaid freight money: wallets, the ledger of transfers, holds, recharges and what proves them (docs/wallet.md)."""
