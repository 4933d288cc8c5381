"""What the columns are made of."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Instants are microseconds UTC since 1970, as in the store.
Instants: TypeAlias = NDArray[np.int64]
Places: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int8]
Flags: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]

#: Before and after every instant, with room to add a max age.
NEVER, ALWAYS = -(1 << 62), 1 << 62
