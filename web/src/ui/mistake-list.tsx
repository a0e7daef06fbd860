/** What is wrong, where it belongs to no field in sight. */
export function MistakeList({ messages }: { messages: readonly string[] }) {
  return (
    <>
      {messages.map((message) => (
        <p key={message} class="mistake" role="alert">
          {message}
        </p>
      ))}
    </>
  );
}
