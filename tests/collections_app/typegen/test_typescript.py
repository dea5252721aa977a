from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / "clients" / "node_modules"
COMPILER = PACKAGES / "typescript" / "bin" / "tsc"

#: the strictest that users may have
OPTIONS = {
    "strict": True,
    "noEmit": True,
    "skipLibCheck": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "verbatimModuleSyntax": True,
    "erasableSyntaxOnly": True,
    "isolatedModules": True,
    "target": "es2022",
    "lib": ["es2022", "dom"],
    "types": [],
    "module": "esnext",
    "moduleResolution": "bundler",
}


@pytest.mark.node
@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.skipif(not COMPILER.is_file(), reason="run `npm ci` in tests/clients first")
def test_the_module_compiles_against_the_sdk(typegen, tmp_path):
    assert typegen("--typescript", "--out", str(tmp_path / "types.ts")) == ""
    shutil.copy(HERE / "use.ts", tmp_path)
    (tmp_path / "node_modules").symlink_to(PACKAGES.resolve())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    config = {"compilerOptions": OPTIONS, "files": ["use.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    done = subprocess.run(
        ["node", COMPILER, "-p", tmp_path], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout


def test_one_collection(typegen):
    text = typegen("--typescript")
    start = text.index("export interface ProfilesRecord")
    assert text[start:].startswith(
        """\
export interface ProfilesRecord {
  id: RecordId;
  user: RecordId;
}

export interface ProfilesExpand {
  user?: UsersResponse;
}

export interface ProfilesResponse<TExpand = ProfilesExpand> extends ProfilesRecord {
  collectionId: string;
  collectionName: "profiles";
  expand?: TExpand;
}

export interface ProfilesCreate {
  id?: RecordId;
  user?: RecordId;
}

export interface ProfilesUpdate {
  user?: RecordId;
}
"""
    )
