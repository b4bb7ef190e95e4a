"""The bank's own lines beside the recharges that teams asked for. Nothing here ever moves money or approves anything."""
