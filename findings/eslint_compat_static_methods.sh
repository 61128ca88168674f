# eslint-plugin-compat says nothing of static methods such as AbortSignal.any and URL.canParse, whatever the browserslist; eslint-plugin-baseline-js does.
# Run: bash findings/eslint_compat_static_methods.sh. It needs npm and Node 20 or newer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
echo '{"private": true, "browserslist": ["ios_saf 16.0", "safari 16.0"]}' >package.json
npm install --no-audit --no-fund --loglevel=error eslint@10.15.0 eslint-plugin-compat@7.0.1 eslint-plugin-baseline-js@0.7.2 >/dev/null
cat >page.js <<'JS'
AbortSignal.any([]);
URL.canParse("https://example.com");
new SharedWorker("x.js");
JS
cat >compat.mjs <<'JS'
import compat from "eslint-plugin-compat";
export default [compat.configs["flat/recommended"], { settings: { lintAllEsApis: true } }];
JS
cat >baseline.mjs <<'JS'
import baseline from "eslint-plugin-baseline-js";
export default [{ plugins: { "baseline-js": baseline } }, baseline.configs.recommended({ available: 2022, level: "error" })];
JS
lines() { npx eslint --config "$1" --format json page.js | node -e 'const [file] = JSON.parse(require("fs").readFileSync(0)); console.log(file.messages.map(({ line }) => line).join(","))'; }
compat=$(lines compat.mjs || true); baseline=$(lines baseline.mjs || true)
echo "eslint $(npx eslint --version), compat $(node -p 'require("./node_modules/eslint-plugin-compat/package.json").version'), baseline-js $(node -p 'require("./node_modules/eslint-plugin-baseline-js/package.json").version')"
echo "lines that compat complains of, for Safari 16.0: ${compat:-none}"
echo "lines that baseline-js complains of, for Baseline 2022: ${baseline:-none}"
case ",$compat," in *,1,* | *,2,*) exit 1 ;; esac
case "$baseline" in 1,2*) ;; *) exit 1 ;; esac
