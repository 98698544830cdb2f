const themes = ['system', 'light', 'dark'] as const;
type ThemeName = (typeof themes)[number];

class Theme {
  name = $state<ThemeName>(themes.find((theme) => theme === read()) ?? 'system');

  next(): void {
    this.name = themes[(themes.indexOf(this.name) + 1) % themes.length] ?? 'system';
    try {
      localStorage.setItem('theme', this.name);
    } catch {
      // without storage the theme lasts for this visit
    }
  }
}

function read(): string | null {
  try {
    return localStorage.getItem('theme');
  } catch {
    return null;
  }
}

export const theme = new Theme();
