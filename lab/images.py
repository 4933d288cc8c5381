"""The images that hosts boot from, built once a machine and shared by every lab: found by a hash of what made them."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic

from lab.errors import LabError
from lab.record import held
from lab.system import DYING_WITH_US
from ledger.language import N_

RECIPES = Path(__file__).parent / "image"
#: How long one command waits for another that builds the same image.
BUILD_PATIENCE_SECONDS = 1800.0
#: What the recipes print when they begin something that takes a while, and what is said of it.
STAGES = {
    "stage: base": N_("installing Debian"),
    "stage: download": N_("downloading the roles' packages"),
    "stage: install": N_("installing the roles' packages"),
    "stage: pool": N_("signing the package pool"),
}
Progress = Callable[[str], None]
Say = Callable[[str], str]


class Image(StrEnum):
    """`bare`: answers on SSH and runs Python; `full`: with every role's packages on it, none of them running."""

    BARE = "bare"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Layers:
    """An image's overlay layers, the uppermost first, and the package pool that goes with it."""

    paths: tuple[Path, ...]
    pool: Path


class ImageStore:
    """The image cache of this machine."""

    def __init__(self, cache: Path, say: Say) -> None:
        self._cache = cache
        self._say = say

    def layers(self, image: Image, progress: Progress) -> Layers:
        """The layers of `image`; builds what the cache lacks, both images always: the pool comes from the full one."""
        bare_key = recipe_hash("bare.sh", "bare.txt")
        full_key = recipe_hash("bare.sh", "bare.txt", "full.sh", "full.txt")
        bare, full = self._cache / f"bare-{bare_key}", self._cache / f"full-{full_key}"
        self._cache.mkdir(parents=True, exist_ok=True)
        with held(self._cache / ".lock", f"the image cache {self._cache}", BUILD_PATIENCE_SECONDS):
            if not bare.exists():
                progress(self._say(N_("building the bare image (about a minute, once per machine)")))
                self._build(bare, ["bare.sh", "{}/root", str(RECIPES / "bare.txt")], progress)
            if not full.exists():
                progress(
                    self._say(N_("building the full image and the package pool (about a minute, once per machine)"))
                )
                arguments = ["full.sh", str(bare / "root"), "{}/root", "{}/pool", str(RECIPES / "full.txt")]
                self._build(full, arguments, progress)
        paths = (full / "root", bare / "root") if image is Image.FULL else (bare / "root",)
        return Layers(paths, full / "pool")

    def _build(self, target: Path, recipe: Sequence[str], progress: Progress) -> None:
        """Build beside the target and rename: what carries the target's name is whole."""
        half = target.with_name(f"{target.name}.half")
        for leftover in (half, Path(f"{half}/root.scratch")):
            shutil.rmtree(leftover, ignore_errors=True)
        half.mkdir()
        begun = monotonic()
        log = self._cache / f"{target.name}.log"
        script, *arguments = recipe
        argv = ["sh", str(RECIPES / script), *(argument.replace("{}", str(half)) for argument in arguments)]
        self._run(argv, log, progress)
        shutil.rmtree(half / "root.scratch", ignore_errors=True)
        half.rename(target)
        progress(self._say(N_("built in {seconds:.0f} s")).format(seconds=monotonic() - begun))

    def _run(self, argv: Sequence[str], log: Path, progress: Progress) -> None:
        # A mount and PID namespace of its own: whatever a package's scripts mount or start ends with the build.
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        command = [*DYING_WITH_US, *namespaces, *argv]
        pipe, environment = subprocess.PIPE, _environment()
        with (
            log.open("w", encoding="utf-8") as output,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=environment
            ) as build,
        ):
            for line in build.stdout or ():
                output.write(line)
                stage = STAGES.get(line.strip())
                if stage is not None:
                    progress(self._say(stage))
        if build.returncode:
            tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-8:])
            raise LabError(
                N_(
                    "lab: building the image failed; packages come from this machine's Debian mirror, "
                    "which must be within reach. The end of {log}:\n{tail}"
                ),
                log=log,
                tail=tail,
            )


def recipe_hash(*files: str) -> str:
    """What an image is made from, as a short hash over its scripts and package lists."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.encode() + b"\0" + (RECIPES / file).read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _environment() -> dict[str, str]:
    """Only what a build needs from the caller's environment, a proxy among it."""
    passed = ("PATH", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return {name: os.environ[name] for name in passed if name in os.environ} | {"LC_ALL": "C.UTF-8"}
