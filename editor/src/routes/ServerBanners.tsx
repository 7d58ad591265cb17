import { useLiveNotices } from '../account/useLiveNotices.ts';
import { AwayBanner } from './AwayBanner.tsx';
import { SafeModeBanner } from './SafeModeBanner.tsx';

/** What there is to say about the server, above every screen. */
export default function ServerBanners() {
  useLiveNotices();
  return (
    <>
      <AwayBanner />
      <SafeModeBanner />
    </>
  );
}
