/** What a report can say is wrong, in the words that people read; the keys are the server's. */

import { t } from "./texts.js";

/** In groups, what is most often meant first. */
export const REASON_GROUPS = () => [
  [t("Somebody may be in danger"), { self_harm: t("Worry about suicide or self-harm") }],
  [
    t("It hurts or bothers people"),
    {
      abuse: t("Insults, bullying, hate"),
      stalking: t("Repeated threats, causing fear or anxiety"),
      defamation: t("Defamation"),
      privacy: t("Personal data, exposed or traded"),
      spam: t("Advertising, flooding, fraud"),
    },
  ],
  [
    t("It is against the law"),
    {
      obscene: t("Obscene content"),
      illegal_filming: t("Illegal filming, sexual exploitation"),
      minors: t("Harmful to minors"),
      gambling: t("Gambling"),
      drugs: t("Drugs"),
      hacking: t("Hacking, malicious programs"),
      falsified: t("False or manipulated information"),
      copyright: t("Copyright"),
      security_secret: t("State secrets, national security"),
      crime: t("Other crimes"),
    },
  ],
  [t("Something else"), { other: t("Another reason") }],
];

export function reasonText(key) {
  for (const [, reasons] of REASON_GROUPS()) if (key in reasons) return reasons[key];
  return key;
}
