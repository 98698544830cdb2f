/**
 * Opens a modal dialog. The function that it returns brings focus back to what had it before, or, where that is gone or
 * disabled by now, to the main part of the page. For `$effect(() => openModal(dialog))`.
 */
export function openModal(dialog: HTMLDialogElement): () => void {
  const opener = document.activeElement;
  dialog.showModal();
  return () => {
    // once the dialog is gone, and what it changed shows
    setTimeout(() => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (!lost) return;
      if (opener instanceof HTMLElement && opener !== document.body) opener.focus({ preventScroll: true });
      if (document.activeElement === document.body) document.querySelector('main')?.focus({ preventScroll: true });
    });
  };
}
