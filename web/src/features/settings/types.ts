// Names for what the generated document holds; nothing is described twice.
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Scope = Schemas["Scope"];
export type Token = Schemas["Token"];
export type Webhook = Schemas["Webhook"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type WebhookRequest = Schemas["WebhookRequest"];
export type WebhookReplay = Schemas["WebhookReplay"];
export type KeyStatus = Schemas["KeyStatus"];
export type KeySlot = Schemas["KeySlot"];
export type SlotKind = Schemas["SlotKind"];
export type SlotRequest = Schemas["SlotRequest"];
export type Reencryption = Schemas["Reencryption"];
export type Retention = Schemas["Retention"];
export type RetentionRule = Schemas["RetentionRule"];
export type RetentionRun = Schemas["RetentionRun"];
export type EventStatistics = Schemas["EventStatistics"];
export type Backup = Schemas["Backup"];
export type BackupTarget = Schemas["BackupTarget"];
export type BackupSchedule = Schemas["BackupSchedule"];
export type BackupRetention = Schemas["BackupRetention"];
export type BackupSettings = Schemas["BackupSettings"];
export type BackupSettingsRequest = Schemas["BackupSettingsRequest"];
export type BackupJob = Schemas["BackupJob"];
export type BackupOutcome = Schemas["BackupOutcome"];
export type ModelStatus = Schemas["ModelStatus"];
