"""Published figures: frozen with the evidence that they follow from, chained one to the next, checked at any time."""
