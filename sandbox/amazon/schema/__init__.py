"""Product type schemas, composed: shared attribute shapes, what each product type adds, the marketplace's differences and
the words of a locale. Nothing here is Amazon's text; the shapes are."""
