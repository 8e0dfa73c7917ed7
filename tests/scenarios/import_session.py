"""Files of every format opened one after the other, as the window opens them: python import_session.py PASSPHRASE IDENTITY FILE…"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.service.client import EngineClient
from engine.service.messages import MapQuery, Open, Secret, UseRoles


def main() -> None:
    _, passphrase, identity, *files = sys.argv
    for file in files:
        client = EngineClient()
        client.start()
        opened = client.call(Open(file, Secret(passphrase) if file.endswith(".zip") else Secret(identity_path=identity)))
        if opened.preview is not None:
            opened = client.call(UseRoles(opened.preview.options))
        assert opened.summary is not None and opened.summary.n_events
        client.call(MapQuery())
        client.close()
        client.wait_closed()
    print("done")


if __name__ == "__main__":
    main()
