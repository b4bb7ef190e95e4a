"""A price sheet as carriers send it, read into a card; every wrong cell is named and nothing is guessed in silence."""
