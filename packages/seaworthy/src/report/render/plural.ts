/** Counted words, by each language's own rules. */

/** `of(3, forms)` is the form for 3, as CLDR's plural rules for the language say. */
export function counter<Form extends Intl.LDMLPluralRule>(
  locale: string,
  fallback: Form,
): (count: number, forms: Readonly<Record<Form, string>>) => string {
  const rules = new Intl.PluralRules(locale);
  return (count, forms) => {
    const rule = rules.select(count);
    return rule in forms ? forms[rule as Form] : forms[fallback];
  };
}
