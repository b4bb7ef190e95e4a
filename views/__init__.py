"""What a person sees: one module or package per room. A view fetches through reach, calls one verb, and answers."""
