/** Whether the list of shortcuts shows. Apart from what handles keys, which loads at the first of them. */
export const keyList = $state({ open: false });
