"""Old Word (.doc, .wps), RTF, OpenDocument and Office 2003 XML, turned by LibreOffice into .docx or
.xlsx, which the readers for these read.

.docx, not HTML: of 16 made-up reports that LibreOffice itself had written as .doc, .rtf and .odt
both gave every value and status (but for tables in text boxes, which its RTF does not hold); only
.docx keeps list numbers, deleted and hidden text, embedded sheets and pictures apart.

LibreOffice runs in a profile of its own in a temporary folder, one a process, on a copy of the
file. The profile forbids macros, links to other files and the network: without it LibreOffice
fetches the pictures that an OpenDocument file links to.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZipFile

from govstats.document import ReportError
from govstats.readers import clock
from govstats.readers.archive import FAULTS

# Seconds; a report takes two or three, the first one of a process some more.
TIME_LIMIT = 120.0
_PROGRAMS = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
_WORD, _EXCEL = "docx:MS Word 2007 XML", "xlsx:Calc MS Excel 2007 XML"


class Kind(NamedTuple):
    """What a file is, its usual suffix, the filter that reads it, and target and filter to write.

    The filter is named, as LibreOffice would read a damaged file as text.
    """

    what: str
    suffix: str
    source: str
    target: str


KINDS = {
    "doc": Kind("an old Word file (doc or wps)", "doc", "MS Word 97", _WORD),
    "doc-95": Kind("a Word file of before 1997", "doc", "", _WORD),
    "rtf": Kind("an RTF file", "rtf", "Rich Text Format", _WORD),
    "odt": Kind("an OpenDocument text", "odt", "writer8", _WORD),
    "ods": Kind("an OpenDocument spreadsheet", "ods", "calc8", _EXCEL),
    "word-xml": Kind("an XML file of Word 2003", "xml", "MS Word 2003 XML", _WORD),
    "excel-xml": Kind("an XML file of Excel 2003", "xml", "MS Excel 2003 XML Orcus", _EXCEL),
}
_OPEN_DOCUMENTS = {
    "text": "odt",
    "text-template": "odt",
    "spreadsheet": "ods",
    "spreadsheet-template": "ods",
}
_MANIFEST = "META-INF/manifest.xml"
# By folder of LibreOffice's registry: names and values. Proxies at a port that nobody answers.
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_INTERNET = "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    (_INTERNET, "ooInetProxyType", "2"),
    *((_INTERNET, f"ooInet{name}ProxyName", "127.0.0.1") for name in ("HTTP", "HTTPS", "FTP")),
    *((_INTERNET, f"ooInet{name}ProxyPort", "9") for name in ("HTTP", "HTTPS", "FTP")),
)


def convert(data: bytes, kind: str, time_limit: float = TIME_LIMIT) -> bytes:
    """The bytes of a file of one of `KINDS` as .docx or .xlsx.

    Raises ReportError: stage decode without LibreOffice and for a file that it does not open, stage
    read for one that takes longer than `time_limit` seconds.
    """
    what, suffix, reads, target = KINDS[kind]
    program = find_program()
    end = target.partition(":")[0]
    filters = [*([f"--infilter={reads}"] if reads else ()), "--convert-to", target]
    if program is None:
        raise ReportError(
            "decode",
            f"is {what}, which is read through LibreOffice: install it (its programs writer and "
            f"calc, with soffice on the PATH), or save the report as .{end}",
        )
    with TemporaryDirectory(dir=_profile(os.getpid())) as folder:
        source = Path(folder, f"report.{suffix}")
        source.write_bytes(data)
        clock.allow(time_limit)
        if not _run(program, source, filters, time_limit):
            raise ReportError(
                "read",
                f"is {what} that LibreOffice did not open in {time_limit:.0f} seconds: "
                f"open it and save it as .{end}",
            )
        made = Path(folder, "out", f"report.{end}")
        if not made.is_file() or not made.stat().st_size:
            raise ReportError(
                "decode",
                f"is {what} that LibreOffice cannot open (damaged, or with a password): "
                f"open it and save it as .{end}",
            )
        return made.read_bytes()


def kind_of_open_document(data: bytes) -> str:
    """The kind of zipped OpenDocument parts. Raises ReportError (stage decode) for other kinds."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            said = archive.read("mimetype").decode("ascii", "replace").strip()
            names = archive.namelist()
            manifest = archive.read(_MANIFEST) if _MANIFEST in names else b""
    except FAULTS as error:
        raise ReportError("decode", "is a damaged OpenDocument file: download it again") from error
    kind = _OPEN_DOCUMENTS.get(said.removeprefix("application/vnd.oasis.opendocument."))
    if kind is None:
        raise ReportError(
            "decode", "is an OpenDocument file of no text or spreadsheet: save it as .docx"
        )
    if b"encryption-data" in manifest:
        raise ReportError(
            "decode", "is protected with a password: open it with the password and save it without"
        )
    return kind


def find_program() -> str | None:
    """LibreOffice's program on this machine, or None."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def _run(program: str, source: Path, filters: Sequence[str], time_limit: float) -> bool:
    """Convert into the folder `out` beside the source; False where it took too long."""
    home = _profile(os.getpid())
    command = [program, f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore",
               "--nologo", *filters, "--outdir", "out", source.name]  # fmt: skip
    # The same in every country; and nothing is written to the home folder.
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    with subprocess.Popen(
        command,
        cwd=source.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(time_limit)
        except subprocess.TimeoutExpired:
            # What it left in the profile may stop the next run.
            _profile.cache_clear()
            return False
        finally:
            _end(process)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it has started: soffice is a script that starts another."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


@lru_cache(maxsize=1)
def _profile(process: int) -> Path:
    """LibreOffice's settings for one process, removed at its end; a forked one gets its own."""
    folder = Path(mkdtemp(prefix="govstats-office-"))
    # Finalize runs in worker processes too, where atexit does not.
    Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=10)
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>\n',
        encoding="utf-8",
    )
    return folder
