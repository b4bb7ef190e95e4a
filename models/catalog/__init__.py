"""The product library, entered once, and its listings on many marketplaces, from draft to live."""
