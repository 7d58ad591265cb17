/** The workspace that every server has from its first start on. */
const FIRST_WORKSPACE = 'main';

interface OutsideAddress {
  readonly label: string;
  readonly text: string;
  readonly description: string;
}

/** Where systems and devices outside reach a workspace of the server at `origin`. */
export function outsideAddresses(origin: string, workspace: string): readonly OutsideAddress[] {
  const below = workspace === FIRST_WORKSPACE ? '/in' : `/w/${encodeURIComponent(workspace)}/in`;
  return [
    {
      label: 'HTTP in',
      text: `${origin}${below}`,
      description: `Nodes of the type “HTTP in” answer below it: one with the path /orders answers at ${below}/orders.`,
    },
    {
      label: 'Measurements by HTTP',
      text: `${origin}/ingest/DEVICE`,
      description:
        'Devices send what they measured here: POST a JSON object such as {"temperature": 21.5}, with the device’s own token as “Authorization: Bearer TOKEN”, and its id in the place of DEVICE. The token says which workspace it is for.',
    },
  ];
}
