# pytest-xdist 3.8.0 spreads the tests of one xdist_group over all workers, and says nothing, since pytest 9.2 has node ids of a new kind.
# Run: bash findings/xdist_load_groups.sh. It needs Python 3.11 or newer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
cat >test_groups.py <<'PY'
import os, time, pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_a_group_is_run_by_one_worker(number):
    with open("workers.txt", "a") as workers:
        print(os.environ["PYTEST_XDIST_WORKER"], file=workers)
    time.sleep(0.2)
PY
workers() { # PYTEST
  python3 -m venv "venv$1" && "venv$1/bin/pip" install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
  rm -f workers.txt
  "venv$1/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup >/dev/null
  sort -u workers.txt | wc -l
}
for version in 9.1.1 9.2.0; do echo "pytest $version: the group ran on $(workers "$version") of 2 workers" | tee -a said.txt; done
grep -q "9.1.1: the group ran on 1 " said.txt && grep -q "9.2.0: the group ran on 2 " said.txt
