//! The document of a run's page. Pure. Nothing is loaded but our own script, style and icon font.

export interface Parts {
  run_id: string;
  script: string;
  style: string;
  /** What the editor calls the extension's own files. */
  source: string;
  nonce: string;
}

export function html({ run_id, script, style, source, nonce }: Parts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${attribute(style)}">
<title>Run</title>
</head>
<body data-run="${attribute(run_id)}">
<main id="page" aria-busy="true"></main>
<script nonce="${nonce}" src="${attribute(script)}"></script>
</body>
</html>`;
}

const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
