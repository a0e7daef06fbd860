/** The playground's first tabs, in the order in which somebody new needs them. */
export const PLAYGROUND_TABS: readonly { readonly query: string; readonly variables?: string }[] = [];
