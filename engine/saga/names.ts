/** `car.refused` as a code: `CAR_REFUSED`. */
export const constantCase = (name: string): string => name.replaceAll(/[.-]/g, '_').toUpperCase();

/** `gift-card` as part of a resource's name: `GiftCard`. */
export const pascalCase = (name: string): string =>
  name.replaceAll(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
