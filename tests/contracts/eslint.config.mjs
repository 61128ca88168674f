/**
 * Whether the page and the client keep to what the oldest supported browsers know: Safari 16, Chrome and Edge 109,
 * Firefox 115. That is Baseline 2022, the platform's own name for what all of them had by then.
 */

import baseline from "eslint-plugin-baseline-js";
import esx from "eslint-plugin-es-x";

const onAnything = ["error", { aggressive: true }]; // whatever they are called on

export default [
  { plugins: { "baseline-js": baseline, "es-x": esx }, languageOptions: { ecmaVersion: 2025, sourceType: "module" } },
  baseline.configs.recommended({ available: 2022, level: "error" }),
  {
    rules: {
      "es-x/no-regexp-lookbehind-assertions": "error", // Safari 16.4
      "es-x/no-class-static-block": "error", // Safari 16.4
      "es-x/no-regexp-v-flag": "error",
      "es-x/no-array-prototype-toreversed": onAnything,
      "es-x/no-array-prototype-tosorted": onAnything,
      "es-x/no-array-prototype-tospliced": onAnything,
      "es-x/no-string-prototype-iswellformed": onAnything,
      "es-x/no-string-prototype-towellformed": onAnything,
    },
  },
];
