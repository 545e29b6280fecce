/** How long a browser may take to begin: Firefox looks the address up after the click has returned. */
const BEGUN_MS = 60_000;

/**
 * Saves bytes as a file of the person's. They are saved and never shown: bytes of strangers do not
 * become a page of this site.
 */
export function saveFile(bytes: BlobPart, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), BEGUN_MS);
}
