import { BlockList, isIP } from 'node:net';

// Never allowed: addresses that only the machine's own link or its cloud's metadata service have. From there anybody
// on the machine can fetch its credentials, so that no flow may be talked into asking for them.
const NEVER: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  // Link-local (RFC 3927, RFC 4291), with the metadata service of most clouds at 169.254.169.254.
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  // The same inside addresses that carry an IPv4 one: compatible (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
  ['::a9fe:0', 112, 'ipv6'],
  ['64:ff9b::a9fe:0', 112, 'ipv6'],
  ['2002:a9fe::', 32, 'ipv6'],
  // Metadata services elsewhere: AWS by IPv6, Alibaba Cloud, Oracle Cloud.
  ['fd00:ec2::254', 128, 'ipv6'],
  ['100.100.100.200', 32, 'ipv4'],
  ['192.0.0.192', 32, 'ipv4'],
];

const PRIVATE: typeof NEVER = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
];

const never = listOf(NEVER);
const notOutside = listOf(PRIVATE);

function listOf(subnets: typeof NEVER): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

/** What is wrong with connecting to an IP address, to go on after its name; `undefined` when it is allowed. */
export function addressProblem(address: string, allowPrivate: boolean): string | undefined {
  // A zone such as fe80::1%eth0 belongs to the interface, not to the address.
  const bare = address.replace(/%.*$/, '');
  const version = isIP(bare);
  if (version === 0) return 'is not an IP address';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // BlockList looks through IPv4-mapped addresses (::ffff:…) by itself.
  if (never.check(bare, family)) return 'is a link-local or metadata address, which flows may never call';
  if (!allowPrivate && notOutside.check(bare, family))
    return 'is inside the private network, which flows of this workspace may not call';
  return undefined;
}
