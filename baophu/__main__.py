"""`python -m baophu`."""

from baophu.main import main

main()
