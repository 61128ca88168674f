# Unicode's NFKD and NFKC do not bring Korean letters that are typed apart to the letters of syllables: ㅅㅣㅂㅏㄹ is not 시발, and of the double letters ㄳ becomes a final but ㅄ an initial of old Korean, so that 가ㅄ is not 값 either.
# Run: bash findings/unicode_korean_letters_apart.sh. It needs Python 3 and Node 20 or newer. The table: https://www.unicode.org/Public/UCD/latest/ucd/UnicodeData.txt (3131 to 3163)
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
cat >letters.py <<'PY'
import unicodedata as u

apart, syllables = "ㅅㅣㅂㅏㄹ", "시발"
print("Python, Unicode", u.unidata_version)
print("NFKC:", u.normalize("NFKC", apart), [u.name(c) for c in u.normalize("NFKC", apart)][-1])
print("NFKD of ㄳ and ㅄ:", *(u.name(u.normalize("NFKD", c)) for c in "ㄳㅄ"), sep="\n  ")
as_seen = u.normalize("NFKC", apart) != syllables and u.normalize("NFKD", apart) != u.normalize("NFKD", syllables)
as_seen &= u.normalize("NFKD", "ㄳ") == "\u11aa" and u.normalize("NFKD", "ㅄ") == "\u1121"
raise SystemExit(not as_seen)
PY
python3 letters.py
cat >letters.mjs <<'JS'
const [apart, syllables] = ["ㅅㅣㅂㅏㄹ", "시발"];
console.log("Node", process.versions.node, "Unicode", process.versions.unicode, "NFKC:", apart.normalize("NFKC"));
const asSeen = ["NFKC", "NFKD"].every((form) => apart.normalize(form) !== syllables.normalize(form));
process.exit(asSeen && "ㄳ".normalize("NFKD") === "\u11aa" && "ㅄ".normalize("NFKD") === "\u1121" ? 0 : 1);
JS
node letters.mjs
