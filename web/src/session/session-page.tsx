export function SessionPage(_: { id: string }) {
  return null;
}
