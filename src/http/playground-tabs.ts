interface Tab {
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
}

const PRESETS = `# What one can choose from. Upload two pictures next
# (the README says how), then go on to Paint.
query Presets {
  presets {
    name
    title
    description
  }
}
`;

const PAINT = `# Queues a session and answers at once. Put the ids
# of two uploaded pictures into the variables below.
mutation Paint($input: CreateSessionInput!) {
  createSession(input: $input) {
    session {
      id
      status
    }
    errors {
      code
      message
      field
    }
  }
}
`;

const WATCH = `# Put the session's id into the variables below.
# The stream ends when the picture is done.
subscription Watch($id: ID!) {
  sessionProgress(id: $id, previewMaxSize: 256) {
    session {
      status
      resultImage {
        url
      }
    }
    step
    totalSteps
    etaMs
    losses {
      total
    }
    preview {
      url
    }
  }
}
`;

const SESSIONS = `# The latest sessions and their results.
query Sessions {
  sessions(first: 5) {
    edges {
      node {
        id
        status
        preset
        resultImage {
          url
        }
      }
    }
  }
}
`;

/** The playground's first tabs, in the order in which somebody new needs them. Each tab is titled by its operation. */
export const PLAYGROUND_TABS: readonly Tab[] = [
  { query: PRESETS },
  {
    query: PAINT,
    variables: JSON.stringify(
      { input: { contentImageId: 'img_', styles: [{ imageId: 'img_', weight: 1 }], preset: 'draft' } },
      null,
      2,
    ),
  },
  { query: WATCH, variables: JSON.stringify({ id: 'ses_' }, null, 2) },
  { query: SESSIONS },
];
