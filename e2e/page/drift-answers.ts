/** The states that the style guide of the page shows. */
export * from '@coppice/ui/styleguide/drift-answers';
