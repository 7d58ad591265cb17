import { AwayBanner } from './AwayBanner.tsx';
import { SafeModeBanner } from './SafeModeBanner.tsx';

/** What there is to say about the server, above every screen. */
export default function ServerBanners() {
  return (
    <>
      <AwayBanner />
      <SafeModeBanner />
    </>
  );
}
