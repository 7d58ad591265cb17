import { usePageTitle } from '../../routes/usePageTitle.ts';
import { useStore } from 'zustand';
import { chooseTheme, THEMES, themeStore } from '../../state/theme.ts';
import { Chip } from '../Chip.tsx';
import { Page, PageTitle } from '../Page.tsx';
import { Controls } from './Controls.tsx';
import { Overlays } from './Overlays.tsx';
import { Shown } from './Shown.tsx';
import { Tokens } from './Tokens.tsx';

/** `/ui`, in development only: every component in all its states. */
export default function GalleryScreen() {
  usePageTitle('Components');
  const { theme } = useStore(themeStore);
  return (
    <main className="h-full overflow-auto">
      <Page>
        <PageTitle
          title="Components"
          lead="What screens are made of. Everything here can be reached by keyboard."
          actions={THEMES.map((one) => (
            <Chip key={one} isOn={one === theme} onPress={() => chooseTheme(one)}>
              {one}
            </Chip>
          ))}
        />
        <Tokens />
        <Controls />
        <Overlays />
        <Shown />
      </Page>
    </main>
  );
}
