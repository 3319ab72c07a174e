import { statedSettings } from "../../config/settings.ts";
import { defaultText, SETTINGS } from "../../config/settings-table.ts";
import type { Json } from "../../core/json.ts";
import type { Settings } from "../../core/settings.ts";

/** A setting as it is in force. `value` is null where there is no number, only a rule, which `text` says. */
export interface SettingInForce {
  readonly name: keyof Settings;
  readonly value: Json;
  readonly text: string;
  readonly isDefault: boolean;
}

/** Every setting in force, with those marked that `stated` does not set, or not usably. */
export function settingsInForce(settings: Settings, stated: Json | undefined): readonly SettingInForce[] {
  const usable = statedSettings(stated, (name) => name).settings;
  return SETTINGS.map((row) => {
    const value = settings[row.name];
    return {
      name: row.name,
      value: value ?? null,
      text: value === undefined ? defaultText(row) : shown(value),
      isDefault: usable[row.name] === undefined,
    };
  });
}

function shown(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
